/** Exit codes of every program. */
export const exitCodes = { done: 0, failed: 1, badInput: 2, notFound: 3 } as const;

export const exitCodesHelp = 'Exit codes: 0 done · 1 failed · 2 invalid input · 3 not found';
