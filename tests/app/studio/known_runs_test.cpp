#include "app/studio/known_runs.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace dotmoe::studio {
namespace {

TEST(RecordingLabel, IsTheFoldersNameOrTheFiles) {
    EXPECT_EQ(recording_label("some/where/kept.moerec"), QStringLiteral("kept.moerec"));
    EXPECT_EQ(recording_label(std::filesystem::path("some/run") / recording_name), QStringLiteral("run"));
    const auto here = std::filesystem::current_path().filename().string();
    EXPECT_EQ(recording_label(recording_name), QString::fromStdString(here));
}

}  // namespace
}  // namespace dotmoe::studio
