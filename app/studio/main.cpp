#include <QApplication>
#include <QIcon>
#include <memory>

#include "app/studio/main_window.h"
#include "app/studio/options.h"
#include "app/studio/screenshots.h"

int main(int argc, char** argv) {
    using namespace dotmoe::studio;
    const auto parsed = parse_options(argc, argv);
    if (const auto* code = std::get_if<int>(&parsed)) return *code;
    const auto& options = std::get<Options>(parsed);

    const bool display = qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
    if (options.screenshots && !display && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    QApplication::setApplicationName("dotmoe-studio");
    QApplication::setOrganizationName("dotmoe");
    QApplication::setDesktopFileName("org.dotmoe.Studio");
    QApplication::setWindowIcon(QIcon(":/icons/org.dotmoe.Studio.svg"));

    MainWindow window(options);
    window.show();
    std::unique_ptr<Screenshots> screenshots;
    if (options.screenshots)
        screenshots = std::make_unique<Screenshots>(
            window, QDir(QString::fromStdString(options.screenshots->string())), options.scales);
    return QApplication::exec();
}
