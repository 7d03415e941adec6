# Builds with TLS to PostgreSQL; runs without a shell's worth of rights, from one file.
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends build-essential libssl-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY migrations migrations
COPY openapi openapi
COPY benches benches
RUN cargo build --release --locked --features tls

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --create-home sedaya
COPY --from=build /src/target/release/sedaya /usr/local/bin/sedaya
USER sedaya
WORKDIR /data
VOLUME /data
ENV SEDAYA_DATABASE_URL=sqlite:/data/sedaya.db \
    SEDAYA_KEY_FILE=/data/sedaya-keys.json \
    SEDAYA_ADDR=0.0.0.0:8080 \
    SEDAYA_ADMIN_ADDR=127.0.0.1:8081
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["sedaya", "health"]
ENTRYPOINT ["sedaya"]
CMD ["serve"]
