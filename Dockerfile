# The operator's image: Node.js and what the build made. `make build` first; then `docker build -t ghcr.io/belfry-dev/belfry:0.1.0 .`
# The project's own tests run the same code in an image of their own making (e2e/support/images.ts), not in this one.
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY LICENSE ./
COPY dist/ ./
# Says that a .js file is an ES module.
RUN echo '{"type":"module"}' > package.json && ln -s /app/belfry.js /usr/local/bin/belfry
USER 1000
ENTRYPOINT ["node", "/app/belfry.js"]
CMD ["run"]
