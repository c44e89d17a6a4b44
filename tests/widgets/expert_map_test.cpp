#include "widgets/expert_map.h"

#include <gtest/gtest.h>

#include <QAction>
#include <QSignalSpy>

#include "tests/widgets/pixels.h"
#include "widgets/colour_maps.h"

namespace dotmoe::expert_map_test {
namespace {

constexpr int layers = 30, experts = 84;

/// Logits rise with the expert; the last twelve are on. The last layer is still dense.
std::shared_ptr<TokenRouting> routed() {
    auto routing = std::make_shared<TokenRouting>();
    routing->token = 7;
    routing->text = " the";
    routing->layers = layers;
    routing->experts = experts;
    for (int layer = 0; layer < layers; ++layer) {
        routing->dense.push_back(layer == layers - 1 ? 1 : 0);
        for (int expert = 0; expert < experts; ++expert) {
            routing->logit.push_back(static_cast<float>(expert * (layer + 1)));
            routing->on.push_back(expert >= experts - 12 ? 1 : 0);
        }
    }
    return routing;
}

class ExpertMapTest : public ::testing::Test {
  protected:
    void SetUp() override {
        map_.setRouting(routed());
        show(map_, {960, 420});
        map_.activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(&map_));
    }
    QPoint centre(int layer, int expert) { return map_.cellRect(layer, expert).center(); }
    ExpertMap map_;
};

TEST_F(ExpertMapTest, CellsHaveTheColourOfTheLogitAndTheSizeOfTheChoice) {
    const QImage seen = picture(map_);
    for (const int layer : {0, 13, 28})
        for (const int expert : {0, 40, 71, 72, 83}) {
            const QColor colour(sequentialColour(expert / 83.0));
            EXPECT_TRUE(similar(colourAt(seen, centre(layer, expert)), colour)) << layer << ' ' << expert;
            const QPoint corner = map_.cellRect(layer, expert).topLeft();
            EXPECT_EQ(static_cast<bool>(similar(colourAt(seen, corner), colour)), expert >= 72);
        }
    EXPECT_TRUE(similar(colourAt(seen, centre(29, 5)), expertColour(-1)));
    EXPECT_EQ(map_.table().rows.size(), 29U * 84U);
}

TEST_F(ExpertMapTest, KeysForceTheChosenCell) {
    const QSignalSpy forced(&map_, &ExpertMap::forceWanted), freed(&map_, &ExpertMap::freeWanted),
        layer(&map_, &ExpertMap::layerClicked);
    QTest::keyClick(&map_, Qt::Key_F);
    EXPECT_EQ(forced.count(), 0) << "no cell is chosen";
    QTest::mouseClick(&map_, Qt::LeftButton, {}, centre(3, 10));
    ASSERT_EQ(layer.count(), 1);
    EXPECT_EQ(layer[0][0].toInt(), 3);
    QTest::keyClick(&map_, Qt::Key_Right);
    QTest::keyClick(&map_, Qt::Key_Down);
    EXPECT_EQ(map_.chosen(), (ExpertMap::Cell{4, 11}));
    EXPECT_TRUE(map_.accessibleDescription().contains("layer 4 · expert 11 · logit 55.000 · off"));
    QTest::keyClick(&map_, Qt::Key_F);
    QTest::keyClick(&map_, Qt::Key_X);
    QTest::keyClick(&map_, Qt::Key_Delete);
    ASSERT_EQ(forced.count(), 2);
    EXPECT_EQ(forced[0], (QList<QVariant>{4, 11, true}));
    EXPECT_EQ(forced[1], (QList<QVariant>{4, 11, false}));
    EXPECT_EQ(freed.count(), 0) << "nothing is forced there";
    map_.setMarks({{4, 11, true}});
    QTest::keyClick(&map_, Qt::Key_Delete);
    ASSERT_EQ(freed.count(), 1);
    EXPECT_EQ(freed[0], (QList<QVariant>{4, 11}));
}

TEST_F(ExpertMapTest, ADoubleClickTurnsACellRound) {
    const QSignalSpy forced(&map_, &ExpertMap::forceWanted), freed(&map_, &ExpertMap::freeWanted);
    QTest::mouseDClick(&map_, Qt::LeftButton, {}, centre(2, 80));
    QTest::mouseDClick(&map_, Qt::LeftButton, {}, centre(2, 4));
    ASSERT_EQ(forced.count(), 2);
    EXPECT_EQ(forced[0], (QList<QVariant>{2, 80, false}));
    EXPECT_EQ(forced[1], (QList<QVariant>{2, 4, true}));
    map_.setMarks({{2, 4, true}});
    QTest::keyClick(&map_, Qt::Key_Space);
    ASSERT_EQ(freed.count(), 1);
    QTest::mouseDClick(&map_, Qt::LeftButton, {}, centre(29, 4));
    EXPECT_EQ(forced.count(), 2) << "a dense layer has no router";
}

TEST_F(ExpertMapTest, MarksShowAtOnceWhatIsForced) {
    const QImage before = picture(map_);
    map_.setMarks({{5, 20, true}, {6, 80, false}});
    const QImage after = picture(map_);
    for (const auto& [layer, expert] : {std::pair{5, 20}, {6, 80}})
        EXPECT_NE(colourAt(before, centre(layer, expert)), colourAt(after, centre(layer, expert)));
    EXPECT_EQ(map_.table().rows[5 * 84 + 20][3], "1");
    EXPECT_EQ(map_.table().rows[6 * 84 + 80][3], "0");
    EXPECT_EQ(map_.table().rows[6 * 84 + 80][4], "1");
}

TEST_F(ExpertMapTest, FitsAtTheSmallestSizeAndEmptiesOnNonsense) {
    map_.resize(map_.minimumSize());
    EXPECT_TRUE(map_.rect().contains(map_.cellRect(29, 83)));
    EXPECT_GE(map_.cellRect(29, 83).width(), 3);
    auto broken = routed();
    broken->on.pop_back();
    map_.setRouting(broken);
    EXPECT_TRUE(map_.cellRect(0, 0).isEmpty());
    QTest::mouseDClick(&map_, Qt::LeftButton, {}, QPoint(100, 100));
    QTest::keyClick(&map_, Qt::Key_Space);
    EXPECT_TRUE(map_.table().rows.empty());
}

}  // namespace
}  // namespace dotmoe::expert_map_test
