// The kinds of metadata that tell one delivery of an event from another, and what is known of them at one place.

/** A kind of metadata: event id, timestamp, correlation id, version. */
export type MetadataKind = 'id' | 'timestamp' | 'correlationId' | 'version';

/** The names under which each kind counts as present. */
export type Aliases = Readonly<Record<MetadataKind, readonly string[]>>;

export const metadataKinds: readonly MetadataKind[] = ['id', 'timestamp', 'correlationId', 'version'];

/** How each kind is called in a sentence. */
export const metadataNames: Readonly<Record<MetadataKind, string>> = {
  id: 'event id',
  timestamp: 'timestamp',
  correlationId: 'correlation id',
  version: 'version',
};

/** What is there, and whether more may be there that could not be read. */
export interface Metadata {
  readonly present: ReadonlySet<MetadataKind>;
  readonly isOpen: boolean;
}
