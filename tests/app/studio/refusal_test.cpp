// Files that are refused say why in the window, and leave it usable.
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <fstream>

#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

class RefusalTest : public StudioDriver {
  protected:
    QString write(const char* name, const std::string& content) {
        auto path = m_folder.filePath(name);
        std::ofstream(path.toStdString(), std::ios::binary) << content;
        return path;
    }
    void expectRefusal(const QString& path) {
        ASSERT_TRUE(eventually([&] { return !banner().empty(); }));
        EXPECT_NE(banner().find(path.toStdString()), std::string::npos) << banner();
        EXPECT_EQ(banner().find('\n'), std::string::npos) << banner();
        EXPECT_FALSE(enabled("convert"));
    }
};

TEST_F(RefusalTest, WrongMagicGivenAsArgument) {
    Options options;
    const auto path = write("zip.gguf", "PK\3\4 certainly no model");
    options.model = path.toStdString();
    openWindow(options);
    expectRefusal(path);
}

TEST_F(RefusalTest, TruncatedModelDroppedOnTheWindow) {
    QFile toy(QString::fromStdString(toyModel().string()));
    ASSERT_TRUE(toy.open(QIODevice::ReadOnly));
    const auto path = write("half.gguf", toy.read(toy.size() / 2).toStdString());
    openWindow({});
    QMimeData files;
    files.setUrls({QUrl::fromLocalFile(path)});
    QDragEnterEvent enter({50, 300}, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_window.get(), &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent drop({50, 300}, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_window.get(), &drop);
    expectRefusal(path);
}

TEST_F(RefusalTest, AGoodModelAfterwardsIsTaken) {
    Options options = toyOptions();
    options.model = write("empty.gguf", "").toStdString();
    openWindow(options);
    expectRefusal(QString::fromStdString(options.model->string()));
    m_window->openFile(QString::fromStdString(toyModel().string()));
    ASSERT_TRUE(eventually([&] { return enabled("convert"); }));
    EXPECT_EQ(banner(), "");
}

TEST_F(RefusalTest, AFolderThatCannotBeWrittenFailsTheRunOnly) {
    auto options = toyOptions();
    options.out = "/proc/no/such/place";
    openWindow(options);
    ASSERT_TRUE(eventually([&] { return enabled("convert"); }));
    click("convert");
    ASSERT_TRUE(eventually([&] { return state() == "Failed"; }));
    EXPECT_NE(banner().find("/proc/no/such/place"), std::string::npos) << banner();
    EXPECT_TRUE(enabled("convert"));
    EXPECT_EQ(actionText("convert"), "Convert") << "nothing is there to go on from";
}

TEST_F(RefusalTest, ARunThatFailedGoesOnFromItsCheckpointOnceThatIsMended) {
    auto options = toyOptions();
    openWindow(options);
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
    std::vector<std::int64_t> steps;
    QObject::connect(&m_window->bridge(), &EventBridge::stepped, m_window.get(),
                     [&](const TrainingStep& step) { steps.push_back(step.step); });
    click("convert");
    ASSERT_TRUE(eventually([&] { return !steps.empty(); })) << banner();
    const auto in_the_way = *options.out / "experts.safetensors" / "a folder";
    std::filesystem::create_directories(in_the_way);
    ASSERT_TRUE(eventually([&] { return state() == "Failed"; })) << banner();
    EXPECT_NE(banner().find("experts.safetensors"), std::string::npos) << banner();
    EXPECT_EQ(actionText("convert"), "Continue");

    std::filesystem::remove_all(in_the_way.parent_path());
    steps.clear();
    click("convert");
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    EXPECT_TRUE(steps.empty() || steps.front() > 1);
    EXPECT_TRUE(std::filesystem::is_regular_file(*options.out / "experts.safetensors"));
    EXPECT_EQ(actionText("convert"), "Convert");
}

}  // namespace
}  // namespace dotmoe::studio
