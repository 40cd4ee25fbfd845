/** Imported by whatever speaks of files: it brings the words for it along. */
import { files } from "./en/files";
import { learn } from "./t";

learn(files);
