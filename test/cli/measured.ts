import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Answered, acuse } from './acuse.ts'

/** What a run of the built command came to, and what it took. */
export interface Measured extends Answered {
  /** From before the start of the process to its end. */
  readonly tookMs: number
  /** The most memory that it held at once. */
  readonly peakBytes: number
  /** What it computed: of time on a busy machine the part that is its own. */
  readonly cpuMs: number
}

const sampleEveryMs = 20

/** Runs the built `acuse`, and watches its memory: the kernel keeps the highest. */
export async function runMeasured(args: readonly string[]): Promise<Measured> {
  const startedAt = performance.now()
  let peakBytes = 0
  let cpuMs = 0
  let sampling: NodeJS.Timeout | undefined
  const onStart = ({ pid }: ChildProcess): void => {
    sampling = setInterval(() => {
      peakBytes = Math.max(peakBytes, readPeak(pid))
      cpuMs = Math.max(cpuMs, readCpu(pid))
    }, sampleEveryMs)
  }
  const answered = await acuse(args, { onStart })
  clearInterval(sampling)
  return { ...answered, tookMs: performance.now() - startedAt, peakBytes, cpuMs }
}

/** Of the kernel's hundred ticks a second; proc(5) counts the fields behind the name from 3. */
function readCpu(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return 0
  }
}

function readPeak(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024
  } catch {
    // It has ended.
    return 0
  }
}
