/** Where facts are kept between runs, in the working directory. */
export const cacheFolder = '.fleetlint-cache';
