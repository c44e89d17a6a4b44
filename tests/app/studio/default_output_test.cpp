#include "app/studio/default_output.h"

#include <gtest/gtest.h>

#include <QTemporaryDir>
#include <fstream>

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;

TEST(DefaultOutput, IsNamedAfterModelAndPreset) {
    EXPECT_EQ(default_output("/nowhere", "/m/SmolLM2.Q4_1.gguf", "quick"),
              fs::path("/nowhere/SmolLM2.Q4_1-quick"));
}

TEST(DefaultOutput, LeavesFinishedConversionsAloneAndTakesUnfinishedOnes) {
    const QTemporaryDir home;
    const fs::path parent = home.path().toStdString();
    fs::create_directories(parent / "m-toy");
    EXPECT_EQ(default_output(parent, "m.gguf", "toy"), parent / "m-toy");
    std::ofstream(parent / "m-toy" / "metrics.json") << "{}";
    EXPECT_EQ(default_output(parent, "m.gguf", "toy"), parent / "m-toy-2");
    fs::create_directories(parent / "m-toy-2");
    std::ofstream(parent / "m-toy-2" / "metrics.json") << "{}";
    EXPECT_EQ(default_output(parent, "m.gguf", "toy"), parent / "m-toy-3");
}

}  // namespace
}  // namespace dotmoe::studio
