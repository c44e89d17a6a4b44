#include "widgets/label_placement.h"

#include <gtest/gtest.h>

#include <random>

namespace dotmoe {
namespace {

constexpr QRectF field(0, 0, 200, 100);

TEST(PlacesBeside, TouchesNoMarkerOfThePoint) {
    const auto places = placesBeside({50, 50}, {20, 10}, 6);
    ASSERT_EQ(places.size(), 4U);
    EXPECT_EQ(places[0], QRectF(40, 34, 20, 10));
    for (const auto& place : places) EXPECT_FALSE(place.intersects({44, 44, 12, 12}));
}

TEST(PlaceLabels, KeepsOffMarkersAndPrefersThePlaceWithTheFewestLines) {
    const auto places = placesBeside({50, 50}, {20, 10}, 6);
    EXPECT_EQ(placeLabels({places}, {field, {}, {}}).front(), places[0]);
    EXPECT_EQ(placeLabels({places}, {field, {{45, 35, 4, 4}}, {}}).front(), places[1]);
    // A line passes over all of them but the right one.
    const std::vector<QLineF> lines{{30, 39, 50, 39}, {30, 50, 60, 70}};
    EXPECT_EQ(placeLabels({places}, {field, {}, lines}).front(), places[2]);
    EXPECT_EQ(placeLabels({{QRectF(-5, 0, 20, 10)}}, {field, {}, {}}).front(), std::nullopt);
}

TEST(PlaceLabels, NoTwoLabelsMeetHoweverCrowded) {
    std::mt19937 random(3);
    std::uniform_real_distribution<double> x(0, 200), y(0, 100);
    std::vector<std::vector<QRectF>> offered;
    LabelSpace space{field, {}, {}};
    for (int i = 0; i < 60; ++i) {
        const QPointF point(x(random), y(random));
        space.markers.emplace_back(point - QPointF(3, 3), QSizeF(6, 6));
        offered.push_back(placesBeside(point, {24, 10}, 4));
    }
    const auto placed = placeLabels(offered, space);
    ASSERT_EQ(placed.size(), offered.size());
    int found = 0;
    for (std::size_t i = 0; i < placed.size(); ++i) {
        if (!placed[i]) continue;
        ++found;
        EXPECT_TRUE(field.contains(*placed[i]));
        for (const auto& marker : space.markers) EXPECT_FALSE(marker.intersects(*placed[i]));
        for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(placed[j] && placed[j]->intersects(*placed[i]));
    }
    EXPECT_GT(found, 5);
    EXPECT_LT(found, 60);
}

}  // namespace
}  // namespace dotmoe
