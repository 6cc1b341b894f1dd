import type { AdminContext, Answer, ServiceConfig, ServiceDefinition } from '@dozen/service';

/** The admin processes of a service, as its command line would run them. */
export function adminOf<C extends ServiceConfig>(definition: ServiceDefinition<C>, context: AdminContext<C>) {
  return {
    /** Puts in what a new deploy needs; returns the line for the operator. */
    async seed(): Promise<string> {
      return (await definition.seed?.(context)) ?? '';
    },
    /** One of the service's own. */
    async admin(name: string, values: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
      const command = definition.commands.find((one) => one.name === name);
      if (command === undefined) throw new Error(`${definition.name} has no command ${name}`);
      return command.run(context, values);
    },
  };
}
