/** The look of a list whose rows have a rule between them. */

export const LIST = {
  display: "grid",
  gridTemplateColumns: "minmax(0, 1fr)", // a long name is cut, and pushes nothing out
  m: 0,
  p: 0,
  listStyle: "none",
} as const;

export const ROW = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: 1,
  py: 1.25,
  borderBlockEnd: "1px solid",
  borderColor: "divider",
  "&:last-child": { border: 0 },
} as const;
