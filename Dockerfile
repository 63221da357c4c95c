# The examples in a container: `docker build --build-arg EXAMPLE=fastify .`
ARG NODE=24
FROM node:${NODE}-bookworm-slim AS build
ARG EXAMPLE=express
WORKDIR /src
ENV npm_config_update_notifier=false
COPY . .
# No dependency runs a script at install time.
RUN npx -y pnpm@10.34.9 install --frozen-lockfile \
    && npx -y pnpm@10.34.9 build \
    && npx -y pnpm@10.34.9 --filter "example-${EXAMPLE}" deploy --prod --legacy /app

FROM node:${NODE}-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 INBOX=sqlite:/data/webhooks.db
WORKDIR /app
COPY --from=build --chown=root:root /app .
# Writes its inbox, and nothing of the program.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the process that gets SIGTERM; `docker run --init` reaps what it starts, which is nothing.
CMD ["node", "dist/main.js"]
