/** What all facts of the shop carry. */
export interface ShopFact {
  readonly eventId: string;
  readonly occurredAt: string;
  readonly correlationId: string;
  readonly version: number;
}

export interface Announcer {
  tell(fact: ShopFact): Promise<void>;
}

export interface Ear<Fact extends ShopFact> {
  hear(fact: Fact): Promise<void>;
}

/** Whether a fact was never heard before, by its id. */
export type FirstTime = (eventId: string) => Promise<boolean>;

export interface Move {
  forth(orderId: string): Promise<void>;
  back(orderId: string): Promise<void>;
}
