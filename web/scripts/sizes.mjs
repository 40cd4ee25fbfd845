/**
 * What the page weighs: the JavaScript of its first screen and of a session's page, compressed,
 * beside what it may weigh. Fails when it weighs more. Run it after `npm run build`, or name the folder
 * of another build.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

const DIST = process.argv[2] ?? "dist";

/** Where each screen's code begins in the manifest, and the kilobytes it may have (gz, br). */
const SCREENS = [
    { name: "first screen", entries: ["index.html"], gz: 200, br: 170 },
    {
        name: "session page",
        entries: [
            "index.html",
            "src/features/sessions/session-list.tsx",
            "src/features/chat/transcript/transcript-list.tsx",
            "src/markdown/markdown-view.tsx",
        ],
        gz: 260,
        br: 220,
    },
];

const manifest = JSON.parse(await readFile(join(DIST, ".vite/manifest.json"), "utf8"));

/** An entry's files and those of everything that it imports at once. */
function filesOf(entry, found = new Set()) {
    const chunk = manifest[entry];
    if (chunk === undefined) throw new Error(`the build has no ${entry}`);
    if (found.has(chunk.file)) return found;
    found.add(chunk.file);
    for (const imported of chunk.imports ?? []) filesOf(imported, found);
    return found;
}

async function sizeOf(file, suffix) {
    const copy = await stat(join(DIST, file + suffix)).catch(() => stat(join(DIST, file)));
    return copy.size / 1000;
}

async function total(files, suffix) {
    const sizes = await Promise.all([...files].map((file) => sizeOf(file, suffix)));
    return sizes.reduce((sum, size) => sum + size, 0);
}

for (const { name, entries, gz, br } of SCREENS) {
    const files = new Set(entries.flatMap((entry) => [...filesOf(entry)]));
    const weights = { gz: await total(files, ".gz"), br: await total(files, ".br") };
    const isTooMuch = weights.gz > gz || weights.br > br;
    console.log(
        `${name}: ${weights.gz.toFixed(1)} kB gz of ${gz}, ${weights.br.toFixed(1)} kB br of ${br}, ` +
            `${files.size} files${isTooMuch ? "  TOO MUCH" : ""}`,
    );
    for (const file of files)
        console.log(`    ${(await sizeOf(file, ".gz")).toFixed(1)} kB  ${file}`);
    if (isTooMuch) process.exitCode = 1;
}
