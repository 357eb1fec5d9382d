// How a reader calls a function or saga: with the class that it is a member of.

/** `OrderService.place`, or the bare name of what belongs to no class or is one. */
export function labelOf({ owner, name }: { readonly owner?: string; readonly name: string }): string {
  return owner === undefined || owner === name ? name : `${owner}.${name}`;
}
