import { createContext, use } from "react";

/** Where an image of the article can be seen; undefined when it cannot. */
export type Images = (file: number) => string | undefined;

const ImagesContext = createContext<Images>(() => undefined);
export const ImagesProvider = ImagesContext.Provider;
export const useImages = (): Images => use(ImagesContext);
