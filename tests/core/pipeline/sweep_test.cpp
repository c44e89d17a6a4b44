#include "pipeline/sweep.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace dotmoe {
namespace {

SweepPoint point(double parameters, double perplexity) {
    return {.layout = {}, .at = {1, 0.25, parameters, Quality{perplexity, 0, 0, 0}}};
}

TEST(ParseLayout, ReadsWhatFormatLayoutWrites) {
    EXPECT_EQ(parse_layout("84:12:192"), (Layout{.experts = 84, .active = 12, .shared = 192}));
    EXPECT_EQ(parse_layout("12:3"), (Layout{.experts = 12, .active = 3, .shared = 0}));
    EXPECT_EQ(format_layout(parse_layout("12:3")), "12:3:0");
}

TEST(ParseLayout, RefusesAnythingElse) {
    for (const auto* text : {"", "12", "12:", ":3", "12:3:", "12:3:4:5", "12,3", "a:b", "12:3x", "12: 3",
                             "99999999999999999999:3"})
        EXPECT_THROW(parse_layout(text), UsageError) << text;
}

TEST(DialOf, IsHalfOnceOneAndAHalfAndTwiceTheTrainedK) {
    EXPECT_EQ(dial_of({.experts = 84, .active = 12}), (std::vector<std::int64_t>{6, 12, 18, 24}));
    EXPECT_EQ(dial_of({.experts = 4, .active = 3}), (std::vector<std::int64_t>{1, 3, 4}));
    EXPECT_EQ(dial_of({.experts = 2, .active = 1}), (std::vector<std::int64_t>{1, 2}));
}

// No point of the front is beaten by one with as few parameters; every other point is.
TEST(MarkFront, IsThatOfTheDefinition) {
    std::vector<SweepPoint> points{point(3, 50), point(1, 90), point(2, 95), point(4, 50),
                                   point(2, 70), point(5, 20), point(1, 91)};
    mark_front(points);
    for (const auto& one : points) {
        const bool beaten = std::ranges::any_of(points, [&](const SweepPoint& other) {
            const auto &a = other.at, &b = one.at;
            return a.active_parameters <= b.active_parameters &&
                   a.quality.perplexity <= b.quality.perplexity &&
                   (a.active_parameters < b.active_parameters || a.quality.perplexity < b.quality.perplexity);
        });
        EXPECT_EQ(one.front, !beaten) << one.at.active_parameters << " " << one.at.quality.perplexity;
    }
    EXPECT_TRUE(std::ranges::is_sorted(points, {}, [](const auto& p) { return p.at.active_parameters; }));
}

TEST(Sweep, TablesAndJsonNameTheFront) {
    Sweep sweep{.dense_parameters = 10e6, .dense_perplexity = 16, .points = {point(2e6, 70), point(3e6, 75)}};
    mark_front(sweep.points);
    const nlohmann::json json = sweep;
    EXPECT_EQ(json.at("dense").at("parameters"), 10e6);
    EXPECT_EQ(json.at("points")[0].at("front"), true);
    EXPECT_EQ(json.at("points")[1].at("front"), false);
    EXPECT_EQ(json.at("points")[0].at("layout").at("experts"), 84);
    for (const auto& text : {format_table(sweep), format_markdown(sweep)})
        for (const auto* part : {"84:12:192", "2.0 M", "70.00", "front", "dense", "16.00", "10.0 M"})
            EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

}  // namespace
}  // namespace dotmoe
