/** Expo's prebuild: what the chat needs beside JavaScript. `photos` and `camera` are what iOS asks the user with. */
module.exports = function withPocketdesk(config, { camera, photos } = {}) {
  const ios = config.ios ?? {};
  return {
    ...config,
    ios: {
      ...ios,
      infoPlist: {
        NSCameraUsageDescription: camera ?? "To send a photo in the chat.",
        NSPhotoLibraryUsageDescription: photos ?? "To send a picture in the chat.",
        ...ios.infoPlist,
      },
    },
    android: {
      ...config.android,
      permissions: [
        ...new Set([
          ...(config.android?.permissions ?? []),
          "android.permission.INTERNET",
          "android.permission.POST_NOTIFICATIONS",
        ]),
      ],
    },
  };
};
