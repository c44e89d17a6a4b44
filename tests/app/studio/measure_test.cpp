// A person has the dry run measured, changes the form, stops a measurement, and converts.
#include <QLabel>
#include <QSettings>
#include <QSpinBox>
#include <QToolButton>

#include "app/studio/panels/dry_run_card.h"
#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

class MeasureTest : public StudioDriver {
  protected:
    void SetUp() override { QSettings().remove("texts"); }
    std::string heading() { return find<QLabel>("predictedHeading")->text().toStdString(); }
    std::string note() { return find<QLabel>("measureNote")->text().toStdString(); }
    std::string figure(const char* name) {
        for (const auto* label : find<DryRunCard>("dryRun")->findChildren<QLabel*>())
            if (label->accessibleName() == name) return label->text().toStdString();
        ADD_FAILURE() << "no figure " << name;
        return {};
    }
    void clickMeasure() {
        auto* button = find<QToolButton>("measureButton");
        ASSERT_TRUE(button->isEnabled());
        QTest::mouseClick(button, Qt::LeftButton);
    }
    void type(const char* box, const char* value) {
        auto* field = find<QSpinBox>(box);
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, value);
    }
    bool isMeasuring() { return actionText("measure") == "Stop measuring"; }
};

TEST_F(MeasureTest, ThePredictionIsCorrectedUntilTheFormChangesAndStandsBesideTheActual) {
    auto options = toyOptions();
    options.text.clear();
    openWindow(options);
    ASSERT_TRUE(eventually([&] { return figure("Time, predicted") != "–"; })) << banner();
    EXPECT_FALSE(enabled("measure")) << "it needs text";
    EXPECT_EQ(heading(), "predicted");
    m_window.reset();

    openWindow(toyOptions());
    ASSERT_TRUE(eventually([&] { return enabled("measure") && figure("Time, predicted") != "–"; }));
    type("steps", "2");
    ASSERT_TRUE(eventually([&] { return enabled("measure"); }));
    ASSERT_NO_FATAL_FAILURE(clickMeasure());
    EXPECT_TRUE(isMeasuring());
    EXPECT_NE(note().find("measuring"), std::string::npos);
    ASSERT_TRUE(eventually([&] { return heading() == "measured"; })) << banner();
    ASSERT_TRUE(eventually([&] { return !isMeasuring(); }));
    for (const auto* phase : {"load", "judge", "metric", "layer-wise", "global", "finish"})
        EXPECT_NE(note().find(phase), std::string::npos) << note();
    EXPECT_EQ(note().find("recovery"), std::string::npos) << note();

    // Beside what it took, once that is known.
    const auto measured = figure("Time, predicted");
    click("convert");
    EXPECT_FALSE(enabled("measure")) << "both would compete for the machine";
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    EXPECT_NE(figure("Time, actual"), "–");
    EXPECT_EQ(figure("Time, predicted"), measured);
    EXPECT_EQ(heading(), "measured");

    type("steps", "3");
    ASSERT_TRUE(eventually([&] { return heading() == "predicted"; }));
    EXPECT_EQ(note(), "");
    type("experts", "15");
    EXPECT_FALSE(enabled("measure")) << "such a layout can't be converted";
}

TEST_F(MeasureTest, IsStoppedByItsButtonByAKeyAndByAChange) {
    openWindow(toyOptions());
    ASSERT_TRUE(eventually([&] { return enabled("measure"); })) << banner();
    const auto expect_stopped = [&] {
        EXPECT_FALSE(isMeasuring());
        EXPECT_EQ(note(), "");
        EXPECT_EQ(heading(), "predicted");
    };
    ASSERT_NO_FATAL_FAILURE(clickMeasure());
    ASSERT_TRUE(isMeasuring());
    ASSERT_NO_FATAL_FAILURE(clickMeasure());
    expect_stopped();
    QTest::keyClick(m_window.get(), Qt::Key_T, Qt::ControlModifier);
    ASSERT_TRUE(isMeasuring());
    QTest::keyClick(m_window.get(), Qt::Key_T, Qt::ControlModifier);
    expect_stopped();
    ASSERT_NO_FATAL_FAILURE(clickMeasure());
    type("seed", "5");
    expect_stopped();
    ASSERT_NO_FATAL_FAILURE(clickMeasure());
    click("convert");
    expect_stopped();
    ASSERT_TRUE(eventually([&] { return badge(0) != "○ dense"; })) << banner();
}

TEST_F(MeasureTest, WhatCannotBeMeasuredIsSaid) {
    auto options = toyOptions();
    options.text = {"/nowhere/at all"};
    openWindow(options);
    ASSERT_TRUE(eventually([&] { return enabled("measure"); })) << banner();
    ASSERT_NO_FATAL_FAILURE(clickMeasure());
    ASSERT_TRUE(eventually([&] { return !banner().empty(); }));
    EXPECT_NE(banner().find("/nowhere/at all"), std::string::npos) << banner();
    EXPECT_FALSE(isMeasuring());
    EXPECT_EQ(heading(), "predicted");
}

}  // namespace
}  // namespace dotmoe::studio
