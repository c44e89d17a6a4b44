// Compare tab: text of the dense model and of the conversion side by side, the k dial, the table of baselines
// and the Pareto picture of a sweep.
#pragma once

#include <QWidget>
#include <array>

#include "app/studio/trial.h"
#include "widgets/table.h"

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;
class QTabWidget;

namespace dotmoe {
class TableModel;
struct Pareto;
}  // namespace dotmoe

namespace dotmoe::studio {

struct Actions;
class ParetoView;

class ComparePanel : public QWidget {
    Q_OBJECT

  public:
    ComparePanel(const Actions& actions, std::shared_ptr<OpenedModels> models, QWidget* parent = nullptr);

    /// Its folder; what was shown of another goes.
    void setConversion(const std::filesystem::path& folder);
    /// That the dial judges on, held out from it.
    void setText(const std::vector<std::filesystem::path>& text);
    void setBaselines(const Table& table);
    void setPareto(const Pareto& pareto);

  signals:
    void failed(const QString& reason);

  private:
    struct Page {
        QLabel* heading;
        QPlainTextEdit* text;
    };
    Page& page(Trial::Side side) { return m_pages[static_cast<std::size_t>(side)]; }
    QWidget* buildTexts();
    QWidget* buildDial();
    void wireTrial();
    void generate();
    void turnDial();
    void clearTexts();
    void showDial(const std::vector<DialRow>& rows);
    void updateActions();

    const Actions& m_actions;
    Trial m_trial;
    std::vector<std::filesystem::path> m_text;
    QLabel *m_conversion, *m_progress;
    QLineEdit* m_prompt;
    QSpinBox* m_tokens;
    std::array<Page, 2> m_pages{};
    QTabWidget* m_tables;
    DialCurve* m_curve;
    ParetoView* m_pareto;
    TableModel *m_dial, *m_baselines;
};

}  // namespace dotmoe::studio
