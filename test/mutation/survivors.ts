// Mutants that no rule can tell from sound code, or does not yet: each with its reason.

export interface Excuse {
  readonly operator: RegExp;
  /** Matched against the file and the changed member: `apps/hotel/src/reservation.consumer.ts onTripBookingFailed`. */
  readonly where: RegExp;
  readonly reason: string;
}

/** Changes that leave the system as sound as before: they count neither way. */
export const equivalent: readonly Excuse[] = [];
