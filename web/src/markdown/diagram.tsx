/**
 * A diagram that a text says in Mermaid's language, and its source behind a button; see decision 0034.
 *
 * The rules it keeps: nothing is fetched or drawn before somebody is near it, nor while its text still grows; what is
 * shown is an image; what cannot be drawn is shown as it is written.
 */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { type RefObject, useEffect, useRef, useState } from "react";

import { ActionButton } from "@/components/action-button";
import { t } from "@/i18n/extras";
import { CodeIcon } from "@/icons/icons";
import { useScheme } from "@/theme/use-scheme";

import { CodeBlock } from "./code-block";
import { type Image, imageOf, knownImage } from "./diagrams";

/** A fence within a list is not known to be closed: it has when nothing more came of it for so long. */
const SETTLED_MS = 250;

export default function Diagram({ code }: { readonly code: string }) {
  const place = useRef<HTMLDivElement>(null);
  const image = useImage(code, place);
  const [wantsSource, setWantsSource] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const isShown = image !== null && image !== undefined && !isBroken;
  return (
    <Box ref={place}>
      <CodeBlock
        code={code}
        language="mermaid"
        {...(isShown && {
          tools: (
            <ActionButton
              label={t("diagram.source")}
              icon={<CodeIcon fontSize="inherit" />}
              aria-pressed={wantsSource}
              onClick={() => setWantsSource(!wantsSource)}
            />
          ),
        })}
        {...(isShown &&
          !wantsSource && {
            inPlace: <Shown image={image} onBroken={() => setBroken(true)} />,
          })}
      />
      {(image === null || isBroken) && (
        <Typography variant="caption" color="textSecondary">
          {t("diagram.unreadable")}
        </Typography>
      )}
    </Box>
  );
}

interface ShownProps {
  readonly image: Image;
  readonly onBroken: () => void;
}

function Shown({ image: { url, width, height, words }, onBroken }: ShownProps) {
  return (
    <Box role="group" aria-label={t("diagram.label")} tabIndex={0} sx={SCROLLER}>
      <Box
        component="img"
        src={url}
        width={width}
        height={height}
        alt={words === "" ? t("diagram.alt") : words}
        onError={onBroken}
        sx={{ ...IMAGE, maxWidth: width, minWidth: Math.min(width, width / 2) }}
      />
    </Box>
  );
}

/** The image of this source in the colours of the page; undefined until it is there, null when there is none. */
function useImage(code: string, place: RefObject<HTMLElement | null>): Image | null | undefined {
  const scheme = useScheme();
  const isNear = useNear(place);
  const [made, setMade] = useState<{ readonly key: string; readonly image: Image | null }>();
  const key = `${scheme}\n${code}`;
  useEffect(() => {
    if (!isNear) return;
    let isWanted = true;
    const timer = setTimeout(() => {
      imageOf(code, scheme).then(
        (image) => isWanted && setMade({ key, image }),
        () => undefined, // the line is down: the source stands there until it is come back to
      );
    }, SETTLED_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [code, scheme, key, isNear]);
  return made?.key === key ? made.image : knownImage(code, scheme);
}

/** Has it ever been near the window? */
function useNear(place: RefObject<HTMLElement | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (place.current === null) return;
    const near = new IntersectionObserver(
      (seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        near.disconnect();
        setNear(true);
      },
      { rootMargin: "200px" },
    );
    near.observe(place.current);
    return () => near.disconnect();
  }, [place]);
  return isNear;
}

const SCROLLER = { overflow: "auto", maxHeight: "80vh", px: 1.5, pb: 1.5, pt: 0.5 } as const;
const IMAGE = { display: "block", width: 1, height: "auto", mx: "auto", borderRadius: 1 } as const;
