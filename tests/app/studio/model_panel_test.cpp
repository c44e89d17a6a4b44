#include "app/studio/panels/model_panel.h"

#include <gtest/gtest.h>

#include <QLabel>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "app/studio/theme.h"

namespace dotmoe::studio {
namespace {

ModelSummary described() {
    ModelSummary model;
    model.path = "/models/small.gguf";
    model.format = "GGUF v3";
    model.config = {"llama", 4, 96, 256, 3, 3, 32, 4096, 512};
    model.parameters = 1'200'000;
    return model;
}

class ModelPanelTest : public ::testing::Test {
  protected:
    void SetUp() override {
        panel_.resize(320, 400);
        panel_.showModel(described());
        panel_.show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(&panel_));
    }
    /// How many pixels of the badge cell of a row have a colour.
    int pixels(int row, const QColor& colour) {
        auto* table = panel_.findChild<QTableView*>("layers");
        const auto cell = table->visualRect(table->model()->index(row, LayerModel::badge));
        const auto image = table->viewport()->grab(cell).toImage();
        int count = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x) count += image.pixelColor(x, y) == colour;
        return count;
    }
    ModelPanel panel_;
};

TEST_F(ModelPanelTest, NamesTheModelAndListsItsLayers) {
    EXPECT_EQ(panel_.findChild<QLabel*>("modelName")->text(), "small.gguf");
    EXPECT_TRUE(panel_.findChild<QLabel*>("modelFacts")->text().contains("4 layers · D 96 · N 256 · V 4096"));
    EXPECT_EQ(panel_.layers().rowCount(), 4);
    EXPECT_EQ(panel_.selectedLayer(), 0);
}

TEST_F(ModelPanelTest, ClickAndArrowSelectALayer) {
    QSignalSpy selected(&panel_, &ModelPanel::layerSelected), chosen(&panel_, &ModelPanel::layerChosen);
    auto* table = panel_.findChild<QTableView*>("layers");
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                      table->visualRect(table->model()->index(2, 0)).center());
    ASSERT_EQ(selected.count(), 1);
    EXPECT_EQ(selected[0][0].toInt(), 2);
    QTest::keyClick(table, Qt::Key_Down);
    EXPECT_EQ(panel_.selectedLayer(), 3);
    EXPECT_EQ(chosen.count(), 2);
    panel_.selectLayer(1);
    EXPECT_EQ(selected.count(), 3);
    EXPECT_EQ(chosen.count(), 2);  // by the program, not by the user
    panel_.selectLayer(3);
    panel_.selectLayer(99);
    EXPECT_EQ(panel_.selectedLayer(), 3);
}

TEST_F(ModelPanelTest, AClickOnTheSelectedLayerChoosesItToo) {
    QSignalSpy selected(&panel_, &ModelPanel::layerSelected), chosen(&panel_, &ModelPanel::layerChosen);
    auto* table = panel_.findChild<QTableView*>("layers");
    ASSERT_EQ(panel_.selectedLayer(), 0);
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                      table->visualRect(table->model()->index(0, 0)).center());
    EXPECT_EQ(selected.count(), 0);
    EXPECT_EQ(chosen.count(), 1);
}

TEST_F(ModelPanelTest, BadgeIsDrawnInTheColourOfItsState) {
    const auto good = good_colour(panel_.palette());
    EXPECT_EQ(pixels(1, good), 0);
    panel_.layers().update({1, LayerState::done, 0.3, 1.5, 0, ""});
    EXPECT_GT(pixels(1, good), 0);
    EXPECT_EQ(pixels(2, good), 0);
}

}  // namespace
}  // namespace dotmoe::studio
