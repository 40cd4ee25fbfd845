/** The icon of tags, apart from the others: few come across it. */
import { lineIcon } from "./icons";

export const TagIcon = lineIcon("M4.5 5.5v6.2l8 8 6.7-6.7-8-8H5a.5.5 0 0 0-.5.5Z", [[8.4, 9]]);
