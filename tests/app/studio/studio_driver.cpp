#include "studio_driver.h"

#include <QLabel>
#include <QMimeData>
#include <QTabBar>
#include <QTableView>
#include <QToolBar>
#include <QToolButton>

#include "app/studio/layer_model.h"
#include "app/studio/panels/banner.h"
#include "pipeline/convert.h"
#include "pipeline/live_routing.h"
#include "recording/recorder.h"

namespace dotmoe::studio {

namespace fs = std::filesystem;

void StudioDriver::openWindow(const Options& options) {
    m_window = std::make_unique<MainWindow>(options);
    m_window->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(m_window.get()));
    QApplication::setActiveWindow(m_window.get());  // shortcuts; no window manager does it here
}

Options StudioDriver::toyOptions() const {
    Options options;
    options.model = toyModel();
    options.text = {fs::path(DOTMOE_DEPS) / "text"};
    options.out = fs::path(m_folder.path().toStdString()) / "out";
    options.preset = "toy";
    return options;
}

fs::path StudioDriver::toyModel() {
    auto path = fs::path(DOTMOE_DEPS) / "model" / "toy.gguf";
    EXPECT_TRUE(fs::exists(path)) << "packaging/test.sh makes the toy model";
    return path;
}

ConvertRequest StudioDriver::toyRequest(const char* name, int steps) const {
    ConvertRequest request;
    request.model = toyModel();
    request.text = {fs::path(DOTMOE_DEPS) / "text"};
    request.out = fs::path(m_folder.path().toStdString()) / name;
    request.recipe = preset("toy");
    request.recipe.distill.steps = steps;
    return request;
}

fs::path StudioDriver::convertToy() const {
    const auto request = toyRequest("converted", 2);
    NullSink nobody;
    RunControl control;
    convert(request, {nobody, control});
    return request.out;
}

void StudioDriver::recordToy(const fs::path& path, std::uint64_t seed) const {
    NullSink nobody;
    RunControl control;
    Recorder recorder(nobody, path, Recorder::Begin::anew);
    LiveRouting routing(recorder);
    routing.set_text(std::string(sample_text));
    auto request = toyRequest("recorded", 20);
    request.recipe.seed = seed;
    convert(request, {recorder, control, &routing});
}

void StudioDriver::openReplay() {
    const auto given = qEnvironmentVariable("DOTMOE_REPLAY");
    Options options;
    options.model = given.toStdString();
    if (given.isEmpty()) {
        options.model = fs::path(m_folder.path().toStdString()) / "run.moerec";
        recordToy(*options.model);
    }
    openWindow(options);
    ASSERT_TRUE(eventually([&] { return m_window->timeline().moments() > 0; })) << banner();
}

void StudioDriver::drop(const fs::path& path) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(QString::fromStdString(path.string()))});
    QDragEnterEvent enter({200, 200}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_window.get(), &enter);
    QDropEvent drop({200, 200}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_window.get(), &drop);
}

void StudioDriver::click(const char* action) {
    auto* button = find<QToolBar>("toolbar")->widgetForAction(find<QAction>(action));
    ASSERT_NE(button, nullptr) << action;
    ASSERT_TRUE(button->isEnabled()) << action;
    QTest::mouseClick(button, Qt::LeftButton);
}

void StudioDriver::clickButton(const char* name) {
    for (auto* button : m_window->findChildren<QToolButton*>())
        if (button->accessibleName() == name) return QTest::mouseClick(button, Qt::LeftButton);
    FAIL() << "no button " << name;
}

void StudioDriver::clickLayer(int layer) {
    auto* table = find<QTableView>("layers");
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                      table->visualRect(table->model()->index(layer, 0)).center());
}

void StudioDriver::showTab(int tab) {
    auto* bar = m_window->tabs().tabBar();
    QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(tab).center());
    ASSERT_EQ(m_window->tabs().currentIndex(), tab);
    QTest::qWait(50);
}

std::string StudioDriver::actionText(const char* action) {
    return find<QAction>(action)->text().remove(u'&').toStdString();
}

std::string StudioDriver::state() {
    return find<QLabel>("state")->text().toStdString();
}

std::string StudioDriver::banner() {
    auto* shown = find<Banner>("banner");
    return shown->isVisible() ? shown->message().toStdString() : std::string();
}

std::string StudioDriver::badge(int layer) {
    auto* table = find<QTableView>("layers");
    return table->model()->index(layer, LayerModel::badge).data().toString().toStdString();
}

}  // namespace dotmoe::studio
