/**
 * What the page and the frame that draws its diagrams say to each other, through a port that the page hands over.
 *
 * The rule it keeps: words go in and a picture comes out. The picture is only ever shown as an image, in which nothing
 * runs, leads anywhere or is fetched; see decision 0034.
 */

/** The colours of a scheme, by what they are for in any diagram. */
export interface Colours {
  readonly isDark: boolean;
  readonly canvas: string;
  readonly text: string;
  readonly line: string;
  readonly shape: string;
  readonly edge: string;
  readonly note: string;
}

export interface Order {
  readonly source: string;
  readonly colours: Colours;
  readonly font: string;
}

/** An SVG document, its size in pixels, and what its source says of it for those who do not see it. */
export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly words: string;
}

/** Null: the source is no diagram, or none that is known. */
export type Drawn = Picture | null;
