// Both maps of an expert profile, driven and looked at.
#include <QSignalSpy>
#include <cmath>

#include "tests/widgets/pixels.h"
#include "tests/widgets/samples.h"
#include "widgets/colour_maps.h"
#include "widgets/domain_map.h"
#include "widgets/similarity_map.h"

namespace dotmoe::expert_grid_test {
namespace {

constexpr int experts = 84;

/// Of a cell, away from a number in its middle.
QPointF corner(const ExpertGrid& map, int row, int expert) {
    return map.cellRect(row, expert).topLeft() + QPointF(1, 1);
}

TEST(DomainMap, CellsHaveTheColourOfTheAffinity) {
    const auto profile = samples::profile(4, experts);
    for (const auto& palette : {QPalette(Qt::white), darkPalette()}) {
        DomainMap map;
        map.setPalette(palette);
        map.setProfile(profile);
        show(map, {960, 260});
        const QImage seen = picture(map);
        for (int row = 0; row < 3; ++row)
            for (const int expert : {0, 1, 40, 83}) {
                const double affinity =
                    static_cast<double>(profile->affinity[static_cast<std::size_t>(row * experts + expert)]);
                const QColor wanted(
                    divergingColour(std::log2(affinity) / DomainMap::end, isDark(map.palette())));
                EXPECT_TRUE(similar(colourAt(seen, corner(map, row, expert)), wanted))
                    << row << ' ' << expert;
            }
        EXPECT_TRUE(similar(colourAt(seen, corner(map, 0, 3)), expertColour(-1))) << "dead: no value";
        EXPECT_TRUE(map.rect().contains(map.cellRect(2, 83)));
        EXPECT_TRUE(map.title().contains("Layer 4"));
    }
}

TEST(DomainMap, ItsTableHasTheNumbers) {
    DomainMap map;
    EXPECT_TRUE(map.table().rows.empty());
    map.setProfile(samples::profile(4, 16));
    const auto table = map.table();
    ASSERT_EQ(table.rows.size(), 16U * 3U);
    EXPECT_EQ(table.rows[3], (QStringList{"1", "novels", table.rows[3][2], table.rows[3][3]}));
    EXPECT_NEAR(table.rows[4][3].toDouble(), 1.5, 1e-6);
    EXPECT_NEAR(table.rows[4][2].toDouble(), 0.5, 1e-6) << "1.5 times a third of the text";
    EXPECT_EQ(table.rows[9][3], QString()) << "expert 3 is dead";
}

class SimilarityMapTest : public ::testing::Test {
  protected:
    void SetUp() override {
        map_.setProfile(samples::profile(4, experts));
        show(map_, {700, 560});
        map_.activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(&map_));
    }
    SimilarityMap map_;
};

TEST_F(SimilarityMapTest, CellsHaveTheColourOfTheCorrelation) {
    const QImage seen = picture(map_);
    const auto value = [](int a, int b) { return std::pow(0.9, std::abs(a - b)) - 0.3; };
    for (const auto& [a, b] : {std::pair{0, 1}, {10, 13}, {80, 2}, {40, 83}})
        EXPECT_TRUE(similar(colourAt(seen, map_.cellRect(a, b).center()),
                            QColor(divergingColour(value(a, b) / 0.6, isDark(map_.palette())))))
            << a << ' ' << b;
    EXPECT_TRUE(similar(colourAt(seen, map_.cellRect(20, 20).center()), expertColour(-1)));
    EXPECT_EQ(map_.table().rows.size(), 84U * 83U);
}

TEST_F(SimilarityMapTest, ClicksAndKeysChooseAnExpertAndSayThePair) {
    const QSignalSpy chosen(&map_, &ExpertGrid::expertChosen);
    QTest::mouseClick(&map_, Qt::LeftButton, {}, map_.cellRect(10, 12).center());
    ASSERT_EQ(chosen.count(), 1);
    EXPECT_EQ(chosen[0][0].toInt(), 12);
    EXPECT_EQ(map_.accessibleDescription(), "experts 12 and 10 · correlation 0.510");
    QTest::keyClick(&map_, Qt::Key_Down);
    EXPECT_EQ(chosen.count(), 1) << "the same expert";
    EXPECT_EQ(map_.accessibleDescription(), "experts 12 and 11 · correlation 0.600");
    QTest::keyClick(&map_, Qt::Key_Right);
    ASSERT_EQ(chosen.count(), 2);
    EXPECT_EQ(chosen[1][0].toInt(), 13);
    const QRect cell = map_.cellRect(11, 13);
    EXPECT_TRUE(isDrawn(picture(map_), cell.bottomRight() + QPointF(1, 1),
                        map_.palette().color(QPalette::Highlight)));
    map_.setExpert(3);
    EXPECT_TRUE(map_.accessibleDescription().contains("never or always"));
    QTest::mouseClick(&map_, Qt::LeftButton, {}, {2, 2});
    EXPECT_EQ(chosen.count(), 2) << "outside";
}

TEST_F(SimilarityMapTest, EveryCellIsFoundWhereItIsDrawn) {
    for (const QSize size : {QSize(700, 560), QSize(300, 170), QSize(120, 90)}) {
        map_.resize(size);
        const QSignalSpy chosen(&map_, &ExpertGrid::expertChosen);
        for (int expert = 0; expert < experts; expert += 7) {
            map_.setExpert(-1);
            QTest::mouseClick(&map_, Qt::LeftButton, {}, map_.cellRect(expert, expert).center());
            EXPECT_NEAR(map_.expert(), expert, map_.cellRect(0, 0).width() > 2 ? 0 : 2);
        }
        EXPECT_EQ(chosen.count(), 12);
    }
}

TEST_F(SimilarityMapTest, TooManyExpertsAreSaidToBe) {
    auto many = samples::profile(4, 16);
    many->correlation.clear();
    map_.setProfile(many);
    EXPECT_TRUE(map_.title().contains("too many experts"));
    EXPECT_TRUE(map_.cellRect(0, 0).isEmpty());
    map_.setProfile(nullptr);
    EXPECT_TRUE(map_.table().rows.empty());
    picture(map_);
}

}  // namespace
}  // namespace dotmoe::expert_grid_test
