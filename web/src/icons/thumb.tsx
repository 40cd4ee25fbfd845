/** The thumb of who liked an answer; who did not turns it round. Fetched with what has it. */
import { lineIcon } from "./icons";

export const ThumbUpIcon = lineIcon(
  "M7.75 10.75v8.75M7.75 10.75l3.5-6.4a1.85 1.85 0 0 1 3.4 1.4l-.9 3.75h4a2 2 0 0 1 1.95 2.45l-1.35 6a2 2 0 0 1-1.95 1.55H5.75a1.5 1.5 0 0 1-1.5-1.5v-5.75a1.5 1.5 0 0 1 1.5-1.5Z",
);
