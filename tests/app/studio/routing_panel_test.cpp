#include "app/studio/panels/routing_panel.h"

#include <gtest/gtest.h>

#include <QMainWindow>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QUndoGroup>

#include "app/studio/actions.h"
#include "widgets/routing_map.h"
#include "widgets/token_canvas.h"

namespace dotmoe::studio {
namespace {

std::shared_ptr<RoutingSnapshot> snapshot(std::vector<std::string> tokens) {
    auto routing = std::make_shared<RoutingSnapshot>();
    routing->layers = 3;
    routing->active = 2;
    routing->experts = 8;
    for (int layer = 0; layer < 3; ++layer)
        for (std::size_t token = 0; token < tokens.size(); ++token)
            for (int rank = 0; rank < 2; ++rank) {
                routing->expert.push_back((layer + static_cast<int>(token) + 4 * rank) % 8);
                routing->probability.push_back(rank == 0 ? 0.5F : 0.25F);
            }
    routing->tokens = std::move(tokens);
    return routing;
}

class RoutingPanelTest : public ::testing::Test {
  protected:
    void SetUp() override {
        panel_.resize(900, 700);
        panel_.show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(&panel_));
    }
    QMainWindow window_;
    QUndoGroup history_;
    Actions actions_{window_, history_};
    RoutingPanel panel_{actions_, std::make_shared<OpenedModels>()};
    TokenCanvas* canvas_ = panel_.findChild<TokenCanvas*>("tokens");
    RoutingMap* map_ = panel_.findChild<RoutingMap*>("routingMap");
    QTableView* table_ = panel_.findChild<QTableView*>("routingTable");
};

TEST_F(RoutingPanelTest, TypingTellsTheTextOnceItRests) {
    QSignalSpy edited(&panel_, &RoutingPanel::textEdited);
    auto* edit = panel_.findChild<QPlainTextEdit*>("routedText");
    edit->selectAll();
    QTest::keyClicks(edit, "two words");
    EXPECT_EQ(edited.count(), 0);
    ASSERT_TRUE(edited.wait());
    EXPECT_EQ(edited.last()[0].toString(), "two words");
    EXPECT_EQ(edited.count(), 1);
}

TEST_F(RoutingPanelTest, CanvasMapAndTableShowTheSameToken) {
    panel_.setRouting(snapshot({"a", " b", " c", " d"}));
    EXPECT_EQ(canvas_->selectedToken(), 0);
    EXPECT_EQ(table_->model()->rowCount(), 4);
    QTest::mouseClick(canvas_, Qt::LeftButton, {}, canvas_->tokenCentre(2));
    EXPECT_EQ(map_->token(), 2);
    EXPECT_EQ(table_->currentIndex().row(), 2);
    QTest::keyClick(table_, Qt::Key_Down);
    EXPECT_EQ(canvas_->selectedToken(), 3);
    EXPECT_EQ(map_->token(), 3);
}

TEST_F(RoutingPanelTest, SelectionOutlivesNewPicturesOfTheSameText) {
    panel_.setRouting(snapshot({"a", " b", " c"}));
    QTest::mouseClick(canvas_, Qt::LeftButton, {}, canvas_->tokenCentre(1));
    panel_.setRouting(snapshot({"a", " b", " c"}));
    EXPECT_EQ(canvas_->selectedToken(), 1);
    EXPECT_EQ(table_->currentIndex().row(), 1);
    panel_.setRouting(snapshot({"x", " y"}));
    EXPECT_EQ(canvas_->selectedToken(), 0);
    panel_.setRouting(nullptr);
    EXPECT_EQ(table_->model()->rowCount(), 0);
}

TEST_F(RoutingPanelTest, ClickInTheMapChoosesALayer) {
    panel_.setRouting(snapshot({"a", " b"}));
    QSignalSpy chosen(&panel_, &RoutingPanel::layerChosen);
    QTest::mouseClick(map_, Qt::LeftButton, {}, map_->cellRect(2, 0).center());
    ASSERT_EQ(chosen.count(), 1);
    EXPECT_EQ(chosen[0][0].toInt(), 2);
}

}  // namespace
}  // namespace dotmoe::studio
