plugins {
    id("com.android.application") version "8.7.3"
    id("org.jetbrains.kotlin.android") version "2.2.20"
}

android {
    namespace = "org.example.shop"
    compileSdk = 35
    defaultConfig {
        applicationId = "org.example.shop"
        minSdk = 24
        targetSdk = 35
        versionCode = 1
        versionName = "1.0"
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    kotlinOptions { jvmTarget = "17" }
}

dependencies {
    // Built by `make sdk-android` at the top of the repository.
    implementation(files("../../android/target/pocketdesk-android-0.1.0.aar"))
}
