import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire to a server that can be cut: every connection breaks at once, and new ones can be made. */
export class Wire {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  /** `target`: where it leads to. */
  constructor(target: URL) {
    this.#server = createServer((inner) => {
      const outer = connectTcp(Number(target.port), target.hostname);
      for (const [from, to] of [[inner, outer], [outer, inner]] as const) {
        this.#sockets.add(from);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        from.pipe(to);
      }
    });
  }

  /** Its port on 127.0.0.1. */
  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
