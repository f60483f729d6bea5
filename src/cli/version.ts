import packageJson from '../../package.json' with { type: 'json' };

/** The release of this program, and the tag of its image. */
export const BELFRY_VERSION: string = packageJson.version;
