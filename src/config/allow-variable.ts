/** The environment variable that allows plugins when it is `1`. */
export const allowVariable = 'FLEETLINT_ALLOW_PLUGINS';
