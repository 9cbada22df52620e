const whole = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });

/** A share of 0 to 1 in whole percent. */
export const percent = (share: number): string => whole.format(share);
