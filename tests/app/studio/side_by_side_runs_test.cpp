// A person puts another run beside the one on show: a known one, a file, one that is still written.
#include <fstream>

#include "app/studio/known_runs.h"
#include "app/studio/moment_text.h"
#include "side_by_side_driver.h"

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;

class SideBySideRunsTest : public SideBySideDriver {
  protected:
    /// The toy recorded twice, with another seed in a folder that is known here.
    fs::path knownRun() const { return folder() / "known" / "recording.moerec"; }
    void openBesideAKnownRun() {
        fs::create_directory(knownRun().parent_path());
        ASSERT_NO_FATAL_FAILURE(recordToy(knownRun(), 7));
        KnownRuns().add(QString::fromStdString(knownRun().parent_path().string()));
        ASSERT_NO_FATAL_FAILURE(openRecorded());
        ASSERT_TRUE(eventually([&] { return run().count() == 3; }));
    }
};

TEST_F(SideBySideRunsTest, AnotherRunThatIsKnownHere) {
    ASSERT_NO_FATAL_FAILURE(openBesideAKnownRun());
    run().setFocus();
    QTest::keyClick(&run(), Qt::Key_Down);
    EXPECT_EQ(run().currentText(), "known");
    const Recording other(knownRun()), own(recorded());
    const int end = static_cast<int>(other.moments().size()) - 1;
    ASSERT_TRUE(eventually([&] { return text("rightHeading").startsWith("known"); })) << banner();
    EXPECT_EQ(text("rightHeading"), "known · layer 1 · at " + place_text(&other, end));
    const auto there = planAt(other, end, 1), here = planAt(own, last(), 1);
    EXPECT_TRUE(shows(right(), *there));
    EXPECT_TRUE(shows(left(), *here));
    EXPECT_GT(elsewhere(*here, *there), 100) << "another seed";
    EXPECT_TRUE(
        text("sideDifference")
            .startsWith(
                QStringLiteral("%1 of 256 neurons have another expert").arg(elsewhere(*here, *there))));
    for (const auto& [side, name] : {std::pair{"left", "toy.moerec"}, {"right", "known"}})
        for (const auto* view : {"Plan", "Loads"})
            EXPECT_TRUE(find<QWidget>((std::string(side) + view).c_str())
                            ->accessibleDescription()
                            .startsWith(QLatin1String(name) + " · Layer 1"))
                << side << view;

    QTest::keyClick(m_window.get(), Qt::Key_L, Qt::AltModifier);
    EXPECT_TRUE(shows(right(), *there));
    EXPECT_EQ(left().rowOf(11), right().rowOf(11));
    clickMoment(moment(), end - 5);
    EXPECT_TRUE(shows(right(), *planAt(other, end - 5, 1)));
    clickMoment(*find<TimeSlider>("time"), last() - 5);
    EXPECT_TRUE(shows(left(), *planAt(own, last() - 5, 1)));
    EXPECT_TRUE(shows(right(), *planAt(other, end - 5, 1)));

    run().setFocus();
    QTest::keyClick(&run(), Qt::Key_Up);
    EXPECT_EQ(run().currentText(), "This run");
    EXPECT_TRUE(shows(right(), *planAt(own, firstPlan(own, 1), 1))) << "as at first";
    EXPECT_EQ(right().accessibleDescription().indexOf("Layer 1"), 0) << "one run needs no name";
}

TEST_F(SideBySideRunsTest, TheWheelOverTheClosedListOpensNothing) {
    ASSERT_NO_FATAL_FAILURE(openBesideAKnownRun());
    const auto heading = text("rightHeading");
    for (int turn = 0; turn < 3; ++turn) wheel(run(), run().rect().center(), -1);
    QTest::qWait(200);
    EXPECT_EQ(m_window->findChild<QFileDialog*>("openBesideDialog"), nullptr);
    EXPECT_EQ(run().currentText(), "This run");
    EXPECT_EQ(text("rightHeading"), heading);
}

TEST_F(SideBySideRunsTest, WhatCannotBeReadIsSaidInOneLine) {
    ASSERT_NO_FATAL_FAILURE(openBesideAKnownRun());
    const Recording recording(recorded());
    const auto first = planAt(recording, firstPlan(recording, 1), 1);
    const auto heading = text("rightHeading");
    const auto expect_refused = [&](const fs::path& path) {
        ASSERT_TRUE(eventually([&] { return banner().find(path.string()) != std::string::npos; }));
        EXPECT_EQ(banner().find('\n'), std::string::npos) << banner();
        EXPECT_EQ(run().currentText(), "This run");
        EXPECT_EQ(text("rightHeading"), heading);
        EXPECT_TRUE(shows(right(), *first));
    };
    const auto nothing = folder() / "nothing.moerec";
    std::ofstream(nothing) << "no recording";
    ASSERT_NO_FATAL_FAILURE(openBeside(nothing));
    ASSERT_NO_FATAL_FAILURE(expect_refused(nothing));

    fs::resize_file(knownRun(), 150);  // since it was found
    run().setFocus();
    QTest::keyClick(&run(), Qt::Key_Down);
    ASSERT_NO_FATAL_FAILURE(expect_refused(knownRun()));
    EXPECT_NE(banner().find("before the run began"), std::string::npos) << banner();
}

TEST_F(SideBySideRunsTest, AFileThatIsStillWrittenIsFollowed) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    std::ifstream whole(recorded(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(whole), {});
    const auto growing = folder() / "growing.moerec";
    const auto half = static_cast<std::streamsize>(bytes.size() / 2);
    std::ofstream file(growing, std::ios::binary);
    file.write(bytes.data(), half).flush();
    ASSERT_NO_FATAL_FAILURE(openBeside(growing));
    ASSERT_TRUE(eventually([&] { return text("rightHeading").startsWith("growing.moerec"); })) << banner();
    EXPECT_EQ(run().currentText(), "growing.moerec");
    EXPECT_LT(moment().maximum(), last());
    const int at = moment().value();
    file.write(bytes.data() + half, static_cast<std::streamsize>(bytes.size()) - half).flush();
    ASSERT_TRUE(eventually([&] { return moment().maximum() == last(); }));
    EXPECT_EQ(moment().value(), at) << "it holds still";
    const Recording recording(recorded());
    EXPECT_TRUE(shows(right(), *planAt(recording, at, 1)));
}

TEST_F(SideBySideRunsTest, TheLeftGoesOnWithTheRunAndTheRightHoldsStill) {
    openLarge(toyOptions());
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
    ASSERT_NO_FATAL_FAILURE(showSides());
    EXPECT_EQ(text("sideDifference"), "There is no plan on the left yet");
    EXPECT_FALSE(enabled("rowsAsLeft"));
    click("convert");
    clickLayer(1);
    clickLayer(0);  // and no longer the one that is aligned
    ASSERT_TRUE(eventually([&] { return moment().maximum() > 3; })) << banner();
    const QImage still = picture(right());
    const int known = moment().maximum(), at = moment().value();
    std::set<QString> seen;
    ASSERT_TRUE(eventually([&] {
        seen.insert(left().accessibleDescription());
        return seen.size() > 5;
    })) << banner();
    EXPECT_TRUE(m_window->controller().busy());
    EXPECT_GT(moment().maximum(), known);
    EXPECT_EQ(moment().value(), at);
    EXPECT_EQ(picture(right()), still);
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    const Recording recording(*toyOptions().out / "recording.moerec");
    EXPECT_TRUE(shows(left(), *planAt(recording, last(), 0), 8)) << "live, not in 256 levels";
    EXPECT_TRUE(shows(right(), *planAt(recording, firstPlan(recording, 0), 0)));
    EXPECT_EQ(moment().maximum(), last());
}

}  // namespace
}  // namespace dotmoe::studio
