/** The database on the device that holds what was read lately. Whoever is forgotten takes it along, also where the part
 *  of the page that fills it was never fetched. */
export const shelfOf = (accountId: number): string => `pocketdesk-help-${accountId}`;
