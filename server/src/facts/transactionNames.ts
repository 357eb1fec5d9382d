/** What a transaction, or the connection that it runs on, is called. */
export const transactionName =
  /^(?:transaction|trx?|tx|queryRunner|client|connection|conn|session|em|(?:entity)?manager|migration\w*|knex|t)$/i;
