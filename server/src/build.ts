// Which build this is. The bundler puts the digest of all sources in; the sources themselves have none.
declare const sagalintDigest: string | undefined;

/** Changes with every change of the analyser; undefined when it runs from its sources, where nothing may be kept. */
export const buildDigest = typeof sagalintDigest === 'string' ? sagalintDigest : undefined;
