/*
 * What a service's classes can inject beside the classes themselves (DataSource, UnitsOfWork, Jobs, ChangeNotifications, Lifecycle, Health):
 * `constructor(@Inject(CLOCK) private readonly clock: Clock)`.
 */

/** The typed config: `ConfigOf<typeof config>` of the service. */
export const CONFIG = Symbol('dozen:config');
/** `Logger` of libs/telemetry. */
export const LOGGER = Symbol('dozen:logger');
/** `Clock` of libs/kernel. */
export const CLOCK = Symbol('dozen:clock');
