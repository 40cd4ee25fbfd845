/**
 * Builds the npm package into `package/dist`, ready for `npm pack`: its modules by Vite, its types by tsc.
 *
 * The rule it keeps: the package names no file that it has not got, and has the server's version.
 */
import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "vite";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const FROM = join(WEB, "package");
const TO = join(FROM, "dist");
const IMPORT = /(from |import\()"(@\/|\.{1,2}\/)([^"]+)"/g;

const about = JSON.parse(await readFile(join(FROM, "package.json"), "utf8"));
const PEERS = Object.keys(about.peerDependencies);

await build({ configFile: join(FROM, "vite.config.ts"), logLevel: "error" });
execFileSync(process.execPath, [join(WEB, "node_modules/typescript/bin/tsc"), "-p", FROM], {
    stdio: "inherit",
});
await mkdir(join(TO, "types/src/api"), { recursive: true });
await cp(join(WEB, "src/api/schema.d.ts"), join(TO, "types/src/api/schema.d.ts"));
await keepWhatIsReached(join(TO, "types/package/index.d.ts"));

const python = await readFile(join(WEB, "../src/tertulia/__init__.py"), "utf8");
about.version = /__version__ = "(.+)"/.exec(python)[1];
await writeFile(join(TO, "package.json"), `${JSON.stringify(about, null, 2)}\n`);
await cp(join(FROM, "README.md"), join(TO, "README.md"));
await cp(join(WEB, "../LICENSE"), join(TO, "LICENSE"));
console.log(`${about.name} ${about.version} is in ${relative(process.cwd(), TO)}`);

/** Does whoever has the package have this one? */
function isGiven(name) {
    return PEERS.some((peer) => name === peer || name.startsWith(`${peer}/`));
}

/** Turns the page's own paths into relative ones; types that nobody is shown are left out. */
async function keepWhatIsReached(entry) {
    const reached = new Set();
    const pending = [entry];
    for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
        if (reached.has(file)) continue;
        reached.add(file);
        const text = await readFile(file, "utf8");
        for (const [, name] of text.matchAll(/(?:from |import\()"([^"./@][^"]*|@[^/"][^"]*)"/g))
            if (!isGiven(name)) throw new Error(`${file} has types of ${name}, which nobody has`);
        const here = text.replace(IMPORT, (_all, how, start, path) => {
            const target =
                start === "@/" ? join(TO, "types/src", path) : join(dirname(file), start, path);
            const plain = target.replace(/\.(d\.)?tsx?$/, "");
            pending.push(`${plain}.d.ts`);
            const named = relative(dirname(file), plain);
            return `${how}"${named.startsWith(".") ? named : `./${named}`}.js"`;
        });
        await writeFile(file, here);
    }
    for (const each of await readdir(join(TO, "types"), { recursive: true, withFileTypes: true })) {
        const path = join(each.parentPath, each.name);
        if (each.isFile() && !reached.has(path)) await rm(path);
    }
}
