# The operator's image: Node.js and one file. Build the file first: npm ci && npm run build
FROM node:24-slim
COPY --chmod=0755 dist/belfry.js /usr/local/bin/belfry
USER 65534:65534
ENTRYPOINT ["/usr/local/bin/belfry"]
CMD ["run"]
