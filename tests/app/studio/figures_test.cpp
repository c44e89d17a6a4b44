#include "app/studio/figures.h"

#include <gtest/gtest.h>

#include <ostream>

namespace dotmoe::studio {
namespace {

TEST(Figures, BytesInPowersOfTen) {
    EXPECT_EQ(bytes_text(0).toStdString(), "0 B");
    EXPECT_EQ(bytes_text(999).toStdString(), "999 B");
    EXPECT_EQ(bytes_text(1536).toStdString(), "1.5 kB");
    EXPECT_EQ(bytes_text(98'362'432).toStdString(), "98.4 MB");
    EXPECT_EQ(bytes_text(999'999).toStdString(), "1.0 MB");
    EXPECT_EQ(bytes_text(1.9e9).toStdString(), "1.9 GB");
}

TEST(Figures, Counts) {
    EXPECT_EQ(count_text(512).toStdString(), "512");
    EXPECT_EQ(count_text(12'288).toStdString(), "12.3 k");
    EXPECT_EQ(count_text(134'515'008).toStdString(), "135 M");
}

TEST(Figures, Durations) {
    EXPECT_EQ(duration_text(-1).toStdString(), "0 s");
    EXPECT_EQ(duration_text(59.6).toStdString(), "1 min 0 s");
    EXPECT_EQ(duration_text(250).toStdString(), "4 min 10 s");
    EXPECT_EQ(duration_text(5400).toStdString(), "1 h 30 min");
}

TEST(Figures, Shares) {
    EXPECT_EQ(share_text(0.25).toStdString(), "25 %");
    EXPECT_EQ(share_text(0.0123).toStdString(), "1.23 %");
}

}  // namespace
}  // namespace dotmoe::studio
