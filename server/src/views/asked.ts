import type { EventModel } from '../model/model.ts';
import type { OptionsFor } from '../rules/runConfig.ts';

/** What a view is asked of: the model, and what the configuration says of rules. */
export interface Asked {
  readonly model: EventModel;
  readonly optionsFor: OptionsFor;
}
