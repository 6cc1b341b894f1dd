import { GenericContainer, StartupCheckStrategy } from 'testcontainers';

export interface LocalContainerSpec {
  readonly image: string;
  readonly ports: readonly { readonly host: number; readonly container: number }[];
  readonly environment: Readonly<Record<string, string>>;
  readonly command?: readonly string[] | undefined;
}

/** Its ports are on 127.0.0.1 alone: testcontainers would publish them to the network. */
export class LocalContainer extends GenericContainer {
  constructor({ image, ports, environment, command }: LocalContainerSpec) {
    super(image);
    this.withEnvironment(environment).withWaitStrategy(new AtOnce());
    if (command !== undefined) this.withCommand([...command]);
    this.createOpts.ExposedPorts = Object.fromEntries(ports.map(({ container }) => [`${container}/tcp`, {}]));
    this.hostConfig.PortBindings = Object.fromEntries(
      ports.map(({ host, container }) => [`${container}/tcp`, [{ HostIp: '127.0.0.1', HostPort: String(host) }]]),
    );
  }
}

/** Who starts a server asks the server itself whether it is ready. */
class AtOnce extends StartupCheckStrategy {
  override checkStartupState(): Promise<'SUCCESS'> {
    return Promise.resolve('SUCCESS');
  }
}
