/** Names and figures side by side. */
import Box from "@mui/material/Box";

export type Fact = readonly [name: string, value: string];

export function FactList({ facts, id }: { readonly facts: readonly Fact[]; readonly id?: string }) {
  return (
    <Box component="dl" id={id} sx={LIST}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </Box>
  );
}

const LIST = {
  display: "flex",
  flexWrap: "wrap",
  columnGap: 2.5,
  rowGap: 0.5,
  m: 0,
  typography: "caption",
  "& > div": { display: "flex", gap: 0.75 },
  "& dt": { color: "text.secondary" },
  "& dd": { m: 0 },
} as const;
