import { useElementSize } from "@mantine/hooks";
import type { ReactNode } from "react";

const SIZES = {
  phone: { width: 375, height: 812, edge: 10 },
  desktop: { width: 860, height: 680, edge: 4 },
};

/** A phone (375 x 812) or a browser window of real size around a page, made smaller as a whole when there is less room. */
export function Phone({ screen = "phone", children }: { screen?: keyof typeof SIZES; children: ReactNode }) {
  const { ref, width: roomWidth, height: roomHeight } = useElementSize();
  const { width, height, edge } = SIZES[screen];
  const whole = { width: width + 2 * edge, height: height + 2 * edge };
  const scale = Math.min(1, roomWidth / whole.width || 1, roomHeight / whole.height || 1);
  return (
    <div className="phone-room" ref={ref}>
      <div className="phone-place" style={{ width: whole.width * scale, height: whole.height * scale }}>
        <div
          className="phone"
          data-screen={screen}
          style={{ width, height, borderWidth: edge, transform: `scale(${scale})` }}
        >
          {children}
        </div>
      </div>
    </div>
  );
}
