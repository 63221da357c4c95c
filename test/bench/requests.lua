-- Sends the requests of a file one after the other, from REQUESTS_FROM on: each is sent once.
local file, bytes

function init()
  file = assert(io.open(os.getenv('REQUESTS_FILE'), 'rb'))
  bytes = tonumber(os.getenv('REQUESTS_BYTES'))
  file:seek('set', tonumber(os.getenv('REQUESTS_FROM')) * bytes)
end

function request()
  local text = file:read(bytes)
  if not text or #text < bytes then
    file:seek('set', 0)
    text = file:read(bytes)
  end
  return text
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"us":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
