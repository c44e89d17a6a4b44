#include "app/studio/panels/recipe_panel.h"

#include <gtest/gtest.h>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

namespace dotmoe::studio {
namespace {

ModelSummary summary() {
    ModelSummary model;
    model.path = "/models/small.gguf";
    model.config = {"llama", 4, 96, 256, 3, 3, 32, 4096, 512};
    return model;
}

class RecipePanelTest : public ::testing::Test {
  protected:
    void type(const char* field, int value) {
        auto* box = panel_.findChild<QSpinBox*>(field);
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, QString::number(value));
    }
    std::string check() { return panel_.findChild<QLabel*>("check")->text().toStdString(); }
    QAction measure_{"Measure"};
    RecipePanel panel_{&measure_};
};

TEST_F(RecipePanelTest, SaysWhatIsMissing) {
    EXPECT_EQ(panel_.problem(), "Open a model to convert.");
    panel_.setModel(summary());
    panel_.setPreset("toy");
    EXPECT_TRUE(panel_.problem().startsWith("Add text"));
    QTest::keyClicks(panel_.findChild<QWidget*>("text")->findChild<QLineEdit*>(), "/texts/a:/texts/b");
    EXPECT_EQ(panel_.problem(), "");
    EXPECT_EQ(panel_.request().text, (std::vector<std::filesystem::path>{"/texts/a", "/texts/b"}));
}

TEST_F(RecipePanelTest, PresetFillsTheFormAndTheFormTheRecipe) {
    panel_.setModel(summary());
    panel_.setPreset("toy");
    const auto toy = preset("toy");
    EXPECT_EQ(panel_.findChild<QSpinBox*>("experts")->value(), toy.layout.experts);
    EXPECT_EQ(to_toml(panel_.request().recipe), to_toml(toy));
    type("seed", 7);
    type("steps", 5);
    type("fit", 6);
    type("recover", 3);
    EXPECT_EQ(panel_.request().recipe.seed, 7U);
    EXPECT_EQ(panel_.request().recipe.distill.steps, 5);
    EXPECT_EQ(panel_.request().recipe.recover.fit_windows, 6);
    EXPECT_EQ(panel_.request().recipe.recover.steps, 3);
    EXPECT_EQ(panel_.request().recipe.text.window, toy.text.window);
}

TEST_F(RecipePanelTest, MethodAndRoutingAreChosenWithTheKeyboard) {
    panel_.setModel(summary());
    panel_.setPreset("toy");
    const auto choose = [this](const char* field, const char* name) {
        auto* box = panel_.findChild<QComboBox*>(field);
        box->setFocus();
        QTest::keyClicks(box, name);
        QTest::keyClick(box, Qt::Key_Return);
    };
    EXPECT_EQ(panel_.findChild<QComboBox*>("method")->count(), 7);
    EXPECT_EQ(panel_.findChild<QComboBox*>("routing")->count(), 5);
    choose("method", "weights");
    choose("routing", "expert");
    EXPECT_EQ(panel_.request().recipe.method, Method::weights);
    EXPECT_EQ(panel_.request().recipe.layout.routing.rule, RoutingRule::expert_choice);
    panel_.setPreset("quick");
    EXPECT_EQ(panel_.request().recipe.method, Method::transport);
    EXPECT_EQ(panel_.request().recipe.layout.routing.rule, RoutingRule::unit);
}

TEST_F(RecipePanelTest, AModelThatThePresetDoesNotFitGetsOneThatDoes) {
    QSignalSpy changed(&panel_, &RecipePanel::presetChanged);
    EXPECT_EQ(panel_.preset(), "quick");
    panel_.setModel(summary());
    EXPECT_EQ(panel_.preset(), "toy");
    ASSERT_EQ(changed.count(), 1);
    EXPECT_EQ(panel_.request().recipe.layout, preset("toy").layout);
    // What fits stays, and so does what somebody typed.
    auto larger = summary();
    larger.config.neurons = 1536;
    panel_.setPreset("quick");
    panel_.setModel(larger);
    EXPECT_EQ(panel_.preset(), "quick");
    type("experts", 42);
    panel_.setModel(summary());
    EXPECT_EQ(panel_.preset(), "quick");
    EXPECT_EQ(panel_.request().recipe.layout.experts, 42);
}

TEST_F(RecipePanelTest, LayoutIsCheckedWhileTyped) {
    panel_.setModel(summary());
    panel_.setPreset("toy");
    panel_.setTextPaths({"/texts"});
    EXPECT_EQ(check(), "32 shared + 16 × 14 = 256 neurons; a token uses 23.4 %");
    QSignalSpy changed(&panel_, &RecipePanel::changed);
    type("experts", 15);
    EXPECT_GT(changed.count(), 0);
    EXPECT_FALSE(panel_.problem().isEmpty());
    EXPECT_EQ(check(), panel_.problem().toStdString());
    EXPECT_FALSE(panel_.findChild<QPushButton*>("copyCommandLine")->isEnabled());
    type("experts", 14);
    EXPECT_TRUE(panel_.problem().isEmpty());
    type("active", 99);
    EXPECT_FALSE(panel_.problem().isEmpty());
}

TEST_F(RecipePanelTest, OutputDefaultsToAFolderNamedAfterModelAndPreset) {
    panel_.setModel(summary());
    panel_.setPreset("toy");
    EXPECT_EQ(panel_.request().out.filename(), "small-toy");
    panel_.setOut("/else/where");
    EXPECT_EQ(panel_.request().out, "/else/where");
}

TEST_F(RecipePanelTest, EveryFieldHasANameAndTakesFocus) {
    for (auto* widget : panel_.findChildren<QWidget*>()) {
        const bool field = qobject_cast<QSpinBox*>(widget) || qobject_cast<QComboBox*>(widget);
        if (!field) continue;
        EXPECT_FALSE(widget->accessibleName().isEmpty()) << widget->objectName().toStdString();
        EXPECT_NE(widget->focusPolicy(), Qt::NoFocus) << widget->objectName().toStdString();
    }
}

}  // namespace
}  // namespace dotmoe::studio
