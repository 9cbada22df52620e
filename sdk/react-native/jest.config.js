module.exports = { preset: "@react-native/jest-preset", testMatch: ["<rootDir>/tests/**/*.test.ts?(x)"] };
