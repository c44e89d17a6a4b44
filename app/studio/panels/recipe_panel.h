// The recipe as a form: what decides a conversion, checked while it is typed.
#pragma once

#include <QTimer>
#include <QWidget>
#include <optional>

#include "app/studio/latest_job.h"
#include "app/studio/stoppable_job.h"
#include "pipeline/convert.h"
#include "pipeline/inspect.h"

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace dotmoe::studio {

class DryRunCard;
class PathsEdit;

/// Everything has a default except the model and the text. GUI thread only; the prediction is worked out
/// elsewhere.
class RecipePanel : public QWidget {
    Q_OBJECT

  public:
    /// `measure` has a button in the card; the window runs toggleMeasuring() for it.
    explicit RecipePanel(QAction* measure, QWidget* parent = nullptr);

    /// Nothing: no model is open, or the one that is can't be converted. An untouched layout that does not
    /// fit the model gives way to that of the first preset that does.
    void setModel(std::optional<ModelSummary> model);
    void setPreset(const QString& name);
    QString preset() const;
    void setTextPaths(const QStringList& paths);
    QStringList textPaths() const;
    void setOut(const QString& folder);
    /// Neurons held by hand; they are no field of the form.
    void setConstraints(const ConstraintRecipe& constraints);
    /// The form asks for a fork of that conversion, by its recipe; what acted before can't be changed. Ended
    /// by a preset, another model, or a button. Throws Error when it keeps nothing to begin from.
    void setFork(const std::filesystem::path& folder);
    /// The form asks for this, whatever it asked for before; the model stays.
    void setRequest(const ConvertRequest& request);
    /// To the first field that a fork may change.
    void focusChange();
    /// While a conversion runs the form shows what it was started with.
    void setEditable(bool editable);
    /// Works out the default output folder anew: an earlier one may be taken by now.
    void refreshOut();

    ConvertRequest request() const;
    /// Why request() can't be started; empty when it can.
    QString problem() const { return m_problem; }
    DryRunCard& card() { return *m_card; }

    /// What request() takes, measured off the window's thread; stops where that is under way. The card says
    /// so until a field changes, which stops it too.
    void toggleMeasuring();
    void stopMeasuring() { m_measuring.stop(); }
    bool isMeasuring() const { return m_measuring.isBusy(); }

  signals:
    /// Any field or the model changed, and problem() with it.
    void changed();
    void presetChanged(const QString& name);
    void copyRequested();
    void measuringChanged();
    /// What it was for can't be measured; one line.
    void measuringFailed(const QString& reason);

  private:
    void fill(const Recipe& recipe);
    /// The whole form anew, over that recipe.
    void lay(const Recipe& recipe, const QStringList& out);
    void showFork();
    /// The fields that have a box of their own.
    Recipe boxes() const;
    /// `recipe` with the line of other settings over it. Throws UsageError.
    Recipe withSettings(const Recipe& recipe) const;
    /// The form's; of other settings that can't be read, without them.
    Recipe recipe() const;
    void choosePresetThatFits();
    QString findProblem();
    void recheck();
    void estimate();

    std::optional<ModelSummary> m_model;
    Recipe m_preset;  ///< what the form's fields are laid over
    ConstraintRecipe m_constraints;
    std::optional<std::filesystem::path> m_fork;  ///< the conversion to begin from
    std::optional<Parent> m_begin;                ///< its state that the form's changes leave true
    QString m_problem;
    QTimer m_estimateSoon;
    LatestJob m_estimates;

    QComboBox *m_presets, *m_method, *m_routing;
    QSpinBox *m_experts, *m_active, *m_shared, *m_steps, *m_fit, *m_recover, *m_seed;
    PathsEdit *m_text, *m_out;
    QLineEdit* m_settings;
    QLabel *m_check, *m_forkNote;
    QPushButton* m_anew;
    DryRunCard* m_card;
    QWidget* m_form;
    QPushButton* m_copy;
    bool m_measured = false;   ///< what the card shows
    StoppableJob m_measuring;  // last: joined before what it uses goes
};

}  // namespace dotmoe::studio
