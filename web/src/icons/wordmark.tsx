/**
 * The mark and the name of the project, both drawn here.
 *
 * The mark: five chairs around a table, seen from above; one is kept for whoever comes next.
 * The name: one line of 2, with an x-height of 10 and bowls of about 4.5, on a base line at 17.
 */
import Box from "@mui/material/Box";

/** Arcs of 38° on a circle of radius 9 around (12, 12), 72° apart; `public/favicon.svg` has the same. */
const CHAIRS = [
  "M9.07 3.49A9 9 0 0 1 14.93 3.49",
  "M19.19 6.58A9 9 0 0 1 21 12.16",
  "M19.37 17.16A9 9 0 0 1 14.63 20.61",
  "M9.37 20.61A9 9 0 0 1 4.63 17.16",
  "M3 12.16A9 9 0 0 1 4.81 6.58",
];
/** The chair that is kept stands at the upper right. */
const KEPT = 1;

const LETTERS = [
  "M4 3v11a3 3 0 0 0 3 3h1M1 7h7", // t
  "M11.8 12h8.7a4.4 4.7 0 1 0-1.7 3.9", // e
  "M24 17V7M24 11a4 4 0 0 1 4-4h.5", // r
  "M35 3v11a3 3 0 0 0 3 3h1M32 7h7", // t
  "M43 7v6a4 4 0 0 0 8 0V7M51 13v4", // u
  "M56.5 2v12a3 3 0 0 0 3 3", // l
  "M64 7v10M64 2.6v.1", // i
  "M77 12a4.5 4.5 0 1 0-1.6 3.6M77 7v10", // a
];

export function Mark({ size = 24 }: { size?: number }) {
  return (
    <Box
      component="svg"
      aria-hidden
      viewBox="0 0 24 24"
      sx={{ width: size, height: size, flex: "none", display: "block" }}
    >
      <Box
        component="circle"
        cx={12}
        cy={12}
        r={3.75}
        sx={(theme) => ({ fill: theme.vars.palette.primary.main })}
      />
      {CHAIRS.map((chair, index) => (
        <Box
          component="path"
          key={chair}
          d={chair}
          sx={{
            fill: "none",
            stroke: (theme) => theme.vars.palette[index === KEPT ? "secondary" : "primary"].main,
            strokeWidth: 2.5,
            strokeLinecap: "round",
          }}
        />
      ))}
    </Box>
  );
}

/** The mark and the name beside it. Its text is for screen readers: the letters are a drawing. */
export function Wordmark() {
  return (
    <Box role="img" aria-label="Tertulia" sx={{ display: "flex", alignItems: "center", gap: 1 }}>
      <Mark />
      <Box
        component="svg"
        aria-hidden
        viewBox="0 0 79 20"
        sx={{
          height: 18,
          fill: "none",
          stroke: "currentColor",
          strokeWidth: 2,
          strokeLinecap: "round",
          strokeLinejoin: "round",
        }}
      >
        {LETTERS.map((letter) => (
          <path key={letter} d={letter} />
        ))}
      </Box>
    </Box>
  );
}
